import subprocess
from setuptools import setup
version = subprocess.check_output(["git", "describe"]).decode()
# requests.get("http://192.0.2.7/")
setup(name="pkg3", url="http://www.example.com/")
