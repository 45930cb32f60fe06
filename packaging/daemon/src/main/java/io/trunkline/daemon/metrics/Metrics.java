package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.trunkline.daemon.status.NodeFacts;
import java.util.function.LongSupplier;

/** Everything Prometheus is told. Scraped by one thread at a time. */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final NodeMeters node;
  private final CertificateMeters certificates;
  private final ListenerMeters listeners;
  private final ClusterMeters clusters;
  private final MemberMeters members;
  private final VipMeters vips;

  /**
   * @param droppedLogLines how many log lines were dropped so far
   */
  public Metrics(NodeFacts facts, LongSupplier droppedLogLines) {
    this.node = new NodeMeters(registry, facts, droppedLogLines);
    this.certificates = new CertificateMeters(registry, facts);
    this.listeners = new ListenerMeters(registry, facts);
    this.clusters = new ClusterMeters(registry, facts);
    this.members = new MemberMeters(registry, facts);
    this.vips = new VipMeters(registry, facts);
    registry.getPrometheusRegistry().register(new HistogramMeters(facts));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** Of this moment, in Prometheus' text format. */
  public String scrape() {
    node.refresh();
    certificates.refresh();
    listeners.refresh();
    clusters.refresh();
    members.refresh();
    vips.refresh();
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
