NAMES = {2375: 'docker', 2376: 'docker tls', 10250: 'kubelet'}
for port in NAMES:
    print(port, NAMES[port])
