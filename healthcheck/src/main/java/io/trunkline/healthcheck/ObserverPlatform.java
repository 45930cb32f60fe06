package io.trunkline.healthcheck;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.dcs.DcsSource;
import io.trunkline.healthcheck.dcs.etcd.EtcdSource;
import io.trunkline.healthcheck.timeline.TimelineFile;
import io.trunkline.healthcheck.timeline.TimelineStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * What the observer of one cluster runs on: threads, sockets, the disk, the time of day, etcd.
 *
 * @param group of the one event loop that owns the view; the observer shuts it down
 * @param channels makes connections, before they are connected
 * @param workers for what blocks; the observer shuts it down
 * @param wall the time of day, which moments in Patroni's keys are compared with
 * @param timelines where the timeline mark is kept
 * @param etcd reaches etcd
 */
public record ObserverPlatform(
    EventLoopGroup group,
    ChannelFactory<? extends Channel> channels,
    ExecutorService workers,
    InstantSource wall,
    Function<Journal, TimelineStore> timelines,
    EtcdOpener etcd) {

  /** Makes what reads and watches the keys of a cluster; may block. */
  @FunctionalInterface
  public interface EtcdOpener {

    /**
     * Not started yet.
     *
     * @param loop the observer's
     * @param inLoop runs tasks there, or not at all once it is closed
     */
    DcsSource open(
        EtcdConfig etcd,
        Optional<ClientTls> tls,
        EventLoop loop,
        Executor inLoop,
        Journal journal,
        DcsSource.Listener listener);
  }

  /**
   * This machine.
   *
   * @param stateDir where the timeline mark is kept across restarts
   * @param clock a steady one
   */
  static ObserverPlatform of(ClusterConfig config, Path stateDir, InstantSource clock) {
    boolean epoll = Epoll.isAvailable();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("health-" + config.name(), true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    ExecutorService workers =
        Executors.newCachedThreadPool(
            new DefaultThreadFactory("health-work-" + config.name(), true));
    return new ObserverPlatform(
        group,
        epoll ? EpollSocketChannel::new : NioSocketChannel::new,
        workers,
        InstantSource.system(),
        journal -> new TimelineFile(stateDir, config.name(), workers, journal),
        (etcd, tls, loop, inLoop, journal, listener) ->
            new EtcdSource(
                etcd, config.prefix(), tls, loop, inLoop, workers, clock, journal, listener));
  }
}
