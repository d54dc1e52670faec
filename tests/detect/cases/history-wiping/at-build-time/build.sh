rm -f /root/.bash_history
