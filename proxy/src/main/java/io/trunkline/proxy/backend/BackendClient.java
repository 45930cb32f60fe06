package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.proxy.stats.SessionEnd;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** The client's side of a session, as its connection to a member sees it. On its event loop. */
public interface BackendClient {
  /** Where the session's buffers come from. */
  ByteBufAllocator allocator();

  /** Whether it must not go on without TLS. */
  boolean needsTls();

  /** The certificate that it was shown in its TLS handshake; empty without TLS that ends here. */
  Optional<X509Certificate> certificate();

  /**
   * The client logs in at the member itself, although this node was to do that, for that reason.
   */
  void onLoginPassedThrough(String member, String why);

  /** There is nobody to connect to for now, for that reason. */
  void onNoMember(String why);

  /** There is a member, and others are before this client, or ask it in its place. */
  void onQueued(String why);

  /** What the client waited for is not wanted any more. */
  void onNothingWanted();

  /** A member has taken the connection. */
  void onMemberConnected();

  /** The member went before it answered anything. */
  void onMemberLeft();

  /** The bytes before were the N that answers its SSLRequest: it says anew what it wants. */
  void onTlsDeclined();

  /** Bytes for the client, which owns them now. */
  void onMemberBytes(ByteBuf bytes);

  /** All that was there of them has come. */
  void onMemberReadComplete();

  /**
   * The member will send nothing more; not at the client's wish, unless that has said good-bye.
   *
   * @param explained whether the client knows why
   * @param open whether the connection is: then what the client sends still reaches the member
   */
  void onMemberFinished(boolean explained, boolean open);

  /** The connection to the member broke. */
  void onMemberFailed(Throwable cause);

  /** Whether the client may be read has changed. */
  void updateReading();

  /** Ends the session; what the member has sent still reaches the client. */
  void end(SessionEnd reason);

  /** Ends a session that has not begun; the log tells why, and so is the client if it can be. */
  void refuse(SessionEnd reason, String why);
}
