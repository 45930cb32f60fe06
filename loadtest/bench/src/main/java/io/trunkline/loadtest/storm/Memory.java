package io.trunkline.loadtest.storm;

import io.trunkline.loadtest.lab.ProxyNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a daemon holds after a full garbage collection.
 *
 * @param heap bytes of live objects
 * @param resident bytes
 * @param classes the rows of the histogram
 */
record Memory(long heap, long resident, List<String> classes) {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  static Memory of(ProxyNode proxy) {
    proxy.jcmd("GC.run");
    String histogram = proxy.jcmd("GC.class_histogram");
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IllegalStateException(histogram);
    }
    String resident =
        proxy.exec("sh", "-c", "grep VmRSS: /proc/$(cat /lab/run/trunkline.pid)/status");
    return new Memory(
        Long.parseLong(total.group(1)),
        1024 * Long.parseLong(resident.replaceAll("\\D", "")),
        histogram.lines().skip(3).limit(60).toList());
  }
}
