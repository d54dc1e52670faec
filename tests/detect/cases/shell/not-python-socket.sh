python3 -c "import socket; s=socket.socket(); s.connect(('db',5432))"
python3 -c "import subprocess; subprocess.run(['ls'])"
