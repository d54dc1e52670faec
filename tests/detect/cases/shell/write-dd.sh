echo cmVzdA== | dd of=/mnt/root/.ssh/authorized_keys conv=notrunc oflag=append
