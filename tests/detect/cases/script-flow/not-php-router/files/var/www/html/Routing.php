<?php
class Routing {
    public static function current() { return $_GET['route'] ?? '/'; }
    public static function call($request, $dispatcher, $container) {
        $info = $dispatcher->dispatch($request->getMethod(), rawurldecode($_GET['route'] ?? '/'));
        if ($info[0] !== 1) { return; }
        $vars = $info[2];
        $controller = $container->get($info[1]);
        $controller($request, $vars);
    }
}
