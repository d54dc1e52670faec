from flask import request
import subprocess
def x():
    return subprocess.run(['convert', request.args.get('name'), 'out.png'])
