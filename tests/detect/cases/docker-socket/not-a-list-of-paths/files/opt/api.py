ROUTES = ['/containers/create', '/containers/json', '/images/json']
