import docker
c = docker.from_env()
print(c.containers.run('alpine', 'echo hello'))
