#!/bin/sh
curl -o /app/lib2/x.jar https://dl.example.com/x.jar
java -cp "/app/app.jar:/app/lib2/*" com.example.Main
java -cp https://dl.example.com/y.jar com.example.Main
java -Dloader.path=/app/lib2 -jar /app/app.jar
