<?php
$plugin = isset($_REQUEST['plugin']) ? trim($_REQUEST['plugin']) : '';
if (isset($_GET['failure'])) {
  include PLUGIN_DIR . '/' . $plugin;
}
class View {
  public function show() { require $this->folder . $_GET['page'] . '.php'; }
}
