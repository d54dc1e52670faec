<?php
class Pages {
  function serve() {
    $m = 'action' . ucfirst($_GET['a']);
    $this->{$m}($_POST);
    $this->$m($_POST['x']);
  }
}
(new Pages())->serve();
