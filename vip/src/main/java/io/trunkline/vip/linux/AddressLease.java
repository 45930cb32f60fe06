package io.trunkline.vip.linux;

/**
 * An address on an interface for a limited time, as the request that asks for it: renewing it is
 * sending the same again. Made by {@link RouteSocket#lease}.
 */
public final class AddressLease {
  final byte[] request;

  /** What it does, for the sentence "cannot ...". */
  final String attempted;

  AddressLease(byte[] request, String attempted) {
    this.request = request;
    this.attempted = attempted;
  }
}
