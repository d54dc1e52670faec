<?php $rows = $_POST['rows']; usort($rows, 'strcmp'); uasort($rows, function ($a, $b) { return $a <=> $b; });
