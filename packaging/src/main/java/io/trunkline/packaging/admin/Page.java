package io.trunkline.packaging.admin;

/** Answers one path. Runs on the admin event loop, so it must not block. */
@FunctionalInterface
interface Page {
  AdminResponse show(AdminRequest request);
}
