package io.ostraka.storage.bucket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A bad way to a real server: passes requests on, one after the other, and spoils what it is told.
 */
final class FaultProxy implements AutoCloseable {
  /** Uploads are cut here by {@link Fault#CUT_AT_A_MEGABYTE}. */
  private static final int MEGABYTE = 1 << 20;

  private final ServerSocket door;
  private final URI server;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile Choice choice = (method, path, headers) -> Fault.NONE;

  /** What happens to a request. */
  enum Fault {
    NONE,
    /** Takes a fifth of a second longer. */
    LATE,
    /** The connection is reset before the server hears of the request. */
    RESET_BEFORE,
    /** The server does it, and the connection is reset instead of its answer. */
    RESET_AFTER,
    /** The server does it, and half of its answer arrives. */
    HALF_AN_ANSWER,
    /** The server does not hear of it, and nothing is answered. */
    SILENT,
    /** The server does it, and nothing is answered. */
    SILENT_AFTER,
    INTERNAL_ERROR,
    SLOW_DOWN,
    /** A bit of the answer's body is another one. */
    SPOILT_ANSWER,
    /** A bit of the request's body is another one. */
    SPOILT_REQUEST,
    /** The connection is cut after a megabyte of either body. */
    CUT_AT_A_MEGABYTE,
    /** What stands between refuses bodies above a megabyte. */
    REFUSED_ABOVE_A_MEGABYTE,
    /** A page for people instead of an answer, with a status that says that all is well. */
    LOG_IN_PAGE,
    OTHER_REGION,
    EXPIRED_TOKEN,
    TWENTY_MINUTES_AHEAD,
    TOO_FAR_AHEAD,
  }

  /** Chooses what happens. */
  interface Choice {
    Fault of(String method, String path, String headers);
  }

  FaultProxy(URI server) throws IOException {
    this.server = server;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** Spoils from now on what is chosen. */
  void choose(Choice next) {
    choice = next;
  }

  /** Spoils the next requests of a method, and none after them. */
  void next(String method, Fault... faults) {
    int[] done = new int[1];
    choice =
        (asked, path, headers) -> {
          synchronized (done) {
            return asked.equals(method) && done[0] < faults.length ? faults[done[0]++] : Fault.NONE;
          }
        };
  }

  /** The methods and paths that came, without those that were never answered by intent. */
  List<String> seen() {
    return List.copyOf(seen);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        open.add(client);
        start(() -> serve(client));
      }
    } catch (IOException e) {
      return; // It was closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      while (exchange(client, in)) {
        // The next request of this connection.
      }
    } catch (IOException e) {
      return; // The client went.
    } finally {
      open.remove(client);
    }
  }

  private boolean exchange(Socket client, InputStream in) throws IOException {
    String head = head(in);
    if (head.isEmpty()) {
      return false;
    }
    String[] words = head.substring(0, head.indexOf('\r')).split(" ", -1);
    Fault fault = choice.of(words[0], words[1], head);
    seen.add(words[0] + " " + words[1]);
    int length = Integer.parseInt(header(head, "content-length", "0"));
    OutputStream out = client.getOutputStream();
    if (fault == Fault.REFUSED_ABOVE_A_MEGABYTE && length > MEGABYTE) {
      in.skipNBytes(length);
      return answer(
          words[0], out, "413 Request Entity Too Large", "text/html", "<html>413</html>", "");
    }
    if (header(head, "expect", "").equals("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
    }
    if (fault == Fault.CUT_AT_A_MEGABYTE && length > MEGABYTE) {
      in.readNBytes(MEGABYTE);
      return reset(client);
    }
    byte[] body = in.readNBytes(length);
    return answer(client, out, fault, words[0], head, body);
  }

  private boolean answer(
      Socket client, OutputStream out, Fault fault, String method, String head, byte[] body)
      throws IOException {
    switch (fault) {
      case RESET_BEFORE -> {
        return reset(client);
      }
      case SILENT -> {
        return silent(client);
      }
      case INTERNAL_ERROR -> {
        return error(method, out, "500 Internal Server Error", "InternalError", "");
      }
      case SLOW_DOWN -> {
        return error(method, out, "503 Slow Down", "SlowDown", "");
      }
      case LOG_IN_PAGE -> {
        return answer(method, out, "200 OK", "text/html", "<html><body>Log in</body></html>", "");
      }
      case OTHER_REGION -> {
        return error(
            method,
            out,
            "301 Moved Permanently",
            "PermanentRedirect",
            "x-amz-bucket-region: eu-west-1\r\n");
      }
      case EXPIRED_TOKEN -> {
        return error(method, out, "400 Bad Request", "ExpiredToken", "");
      }
      case TWENTY_MINUTES_AHEAD, TOO_FAR_AHEAD -> {
        return error(
            method,
            out,
            "403 Forbidden",
            "RequestTimeTooSkewed",
            "Date: "
                + java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC).plusMinutes(20))
                + "\r\n");
      }
      case SPOILT_REQUEST -> flip(body);
      case LATE -> pause();
      default -> {
        // The server hears of it.
      }
    }
    byte[] answer = ask(method, head, body);
    switch (fault) {
      case RESET_AFTER -> {
        return reset(client);
      }
      case SILENT_AFTER -> {
        return silent(client);
      }
      case HALF_AN_ANSWER -> {
        out.write(answer, 0, answer.length / 2);
        out.flush();
        return false;
      }
      case CUT_AT_A_MEGABYTE -> {
        out.write(answer, 0, Math.min(answer.length, MEGABYTE));
        out.flush();
        return answer.length <= MEGABYTE;
      }
      case SPOILT_ANSWER -> {
        flip(answer);
        out.write(answer);
      }
      default -> out.write(answer);
    }
    out.flush();
    return true;
  }

  /** The server's whole answer to a request. */
  private byte[] ask(String method, String head, byte[] body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getByName(server.getHost()), server.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(head.replaceAll("(?i)expect: 100-continue\r\n", "").getBytes(ISO_8859_1));
      out.write(body);
      out.flush();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      String answered = head(in);
      answer.write(answered.getBytes(ISO_8859_1));
      if (method.equals("HEAD")) {
        return answer.toByteArray();
      }
      if (header(answered, "transfer-encoding", "").equals("chunked")) {
        chunks(in, answer);
      } else {
        int length = Integer.parseInt(header(answered, "content-length", "0"));
        answer.write(in.readNBytes(length));
      }
      return answer.toByteArray();
    }
  }

  private static void chunks(InputStream in, ByteArrayOutputStream answer) throws IOException {
    while (true) {
      String line = line(in);
      answer.write(line.getBytes(ISO_8859_1));
      int length = Integer.parseInt(line.strip().replaceAll(";.*", ""), 16);
      answer.write(in.readNBytes(length));
      answer.write(line(in).getBytes(ISO_8859_1));
      if (length == 0) {
        return;
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    try {
      do {
        head.append(line(in));
      } while (!head.toString().endsWith("\r\n\r\n"));
    } catch (EOFException e) {
      return "";
    }
    return head.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); ; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.append((char) c);
      if (c == '\n') {
        return line.toString();
      }
    }
  }

  private static String header(String head, String name, String otherwise) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return otherwise;
  }

  private static void flip(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[bytes.length - 1] ^= 1;
    }
  }

  private static boolean error(
      String method, OutputStream out, String status, String code, String headers)
      throws IOException {
    String body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
            + code
            + "</Code><Message>As the test wants it</Message></Error>";
    return answer(method, out, status, "application/xml", body, headers);
  }

  private static boolean answer(
      String method, OutputStream out, String status, String type, String body, String headers)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    String head =
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(status, type, bytes.length, headers);
    out.write(head.getBytes(ISO_8859_1));
    if (!method.equals("HEAD")) {
      out.write(bytes);
    }
    out.flush();
    return true;
  }

  private static boolean reset(Socket client) throws IOException {
    client.setSoLinger(true, 0); // Closing it then sends a reset.
    return false;
  }

  /** Waits until the client has had enough. */
  private static boolean silent(Socket client) throws IOException {
    client.getInputStream().read();
    return false;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(200); // The fault itself: nothing waits for it.
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
