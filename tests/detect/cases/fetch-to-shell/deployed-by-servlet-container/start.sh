#!/bin/sh
curl -fsSL https://dl.example.com/app.war -o /usr/local/tomcat/webapps/ROOT.war
wget -P "$JBOSS_HOME/standalone/deployments" https://dl.example.com/a.ear
wget -O /tmp/b.war https://dl.example.com/b.war
mv /tmp/b.war /var/lib/jetty/webapps/
curl -sL https://dl.example.com/c.tgz | tar xz -C /opt/tomcat/webapps/c
exec catalina.sh run
