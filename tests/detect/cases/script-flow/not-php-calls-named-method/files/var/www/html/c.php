<?php
$state = load($_REQUEST['id']);
$url = call_user_func([$state['Handler'], 'getLogoutURL'], $state, null);
$all = array_map([$_GET['kind'], 'titleOf'], $_GET['rows']);
