import subprocess
subprocess.run('curl -s http://localhost:8080/health', shell=True)
subprocess.run(['docker', 'ps'])
