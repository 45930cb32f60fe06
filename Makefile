# Trunkline: `make demo` shows it on a real cluster, `make test` runs every test.
# Both install what they need (a JDK 25, Maven, Docker, debootstrap) on Debian and Ubuntu, as root.

MVN = ./mvnw -B -ntp

# The end-to-end tests, without the unit tests of what they need.
E2E = -pl loadtest/e2e -am -Dtest=NoSuch -Dsurefire.failIfNoSpecifiedTests=false \
  -Dfailsafe.failIfNoSpecifiedTests=false

.PHONY: demo test check check-format check-modules release test-long build deb deb-figures prepare failover continuity storm soak vip clients channel-binding slow-reader slow-readers logins vip-lateness bench bench-page simulate fuzz page-shots metrics-page config-page rules fmt clean help

help:
	@echo "make test      every test but those of test-long: unit, property, and end-to-end on real clusters"
	@echo "make check     what needs no cluster: formatting, Error Prone, unit and property tests"
	@echo "make test-long  the end-to-end tests that wait for leases: VIPs of mode etcd and leader, and the lab itself;"
	@echo "                then those of failovers and sessions on Debian 13's Patroni, PostgreSQL and etcd"
	@echo "                TRUNKLINE_LAB_STACK=debian12|debian13 chooses the lab's versions for any of these but test-long"
	@echo "make demo      a real cluster, a workload, and three ways to lose a primary (KEEP=1 leaves it running)"
	@echo "make failover  measures failovers, RUNS=5 times each, PROXY=trunkline|haproxy|haproxy_tuned, SCENARIOS=..."
	@echo "make continuity  loses the primary again and again under sessions that are kept, MINUTES=5 CLIENTS=32 IDLE=25 DRIVERS=all|pgjdbc,psycopg3,..."
	@echo "make storm     thousands of kept sessions in a switchover, and what the daemon holds for each, SESSIONS=2000 BUSY=200 PAUSE=1000 (ms)"
	@echo "make soak      storms of faults and calms in turn for hours, with all clients at work, then a check of all that happened:"
	@echo "                docs/soak.md, HOURS=8 or MINUTES=90, SEED=... repeats the order of faults, CLIENTS=4 DRIVERS=pgjdbc,psycopg3,...|all"
	@echo "make vip       measures takeovers of a virtual address, RUNS=10 STACK=... EVENTS=... (QUICK=1: two runs)"
	@echo "make clients   what drivers and tools see when the primary moves: docs/clients.md, CLIENTS=... LISTENERS=... EVENTS=... RUNS=1"
	@echo "make channel-binding  which channel_binding libpq 15, 17, 18 and pgjdbc can log in with: docs/clients.md"
	@echo "make slow-readers  clients that ask for much and read nothing: fencing, status and the VIP meanwhile, CLIENTS=10000 RUNS=3"
	@echo "make logins    a burst of clients at a cluster that is short of processors, CLIENTS=5000 PROCESSORS=0.5 LIMITS=\"adaptive 4 8 16 32 64 10000\""
	@echo "make vip-lateness  how late VRRP's timers fire under load, MINUTES=10 SESSIONS=2000 GC=serial|g1|zgc RT=0"
	@echo "make bench     beside HAProxy and PgBouncer: docs/performance.md, PAIRS=7 SECONDS=5 MINUTES=60 CASES=... HAPROXY=... (QUICK=1: 3 minutes, docs stay as they are)"
	@echo "make bench-page  writes docs/performance.md anew from the samples of the last published run"
	@echo "make simulate  clusters, nodes and clients in simulated time, with faults: SEEDS=200 FIRST=1 SECONDS=0 (0: all seeds); STORY=seed tells one"
	@echo "make fuzz      looks for bytes that break what reads them, MINUTES=5 each, TARGETS=\"vrrp rest import ...\" (./fuzz.sh list: all of them)"
	@echo "make page-shots  looks at the dashboard in Chromium: every state, phone and desk, light and dark; SHOTS=/tmp/page-shots STATES=..."
	@echo "make build     the daemon only, into packaging/target/trunkline"
	@echo "make deb       the Debian package, into packaging/target (ARCH: the machine's own, amd64 or arm64)"
	@echo "make deb-figures  its size, and how fast and how large its daemon is, RUNS=5"
	@echo "make release   a tag and the package of what is committed here, VERSION=0.1.0 NEXT=0.2.0; pushes nothing"
	@echo "make metrics-page  writes the table of docs/metrics.md anew, from what the daemon tells"
	@echo "make config-page  writes the tables of docs/configuration.md anew, from what the readers declare"
	@echo "make rules     checks the alert rules, their tests and the dashboard"
	@echo "make fmt       format the sources"
	@echo "make clean     remove what was built"

build:
	@./build.sh -pl packaging/daemon -am

deb: build
	packaging/debian/build.sh

deb-figures: deb
	packaging/debian/figures.sh $(or $(RUNS),5)

prepare:
	@./jdk.sh >/dev/null
	@for module in healthcheck vip loadtest/lab; do $$module/prepare.sh >&2 || exit 1; done

# What make test runs on Debian 12's Patroni, PostgreSQL and etcd only.
ON_BOTH = PrimaryIT,ReplicaIT,SentinelIT,SessionsIT

# A test that fails is run once more; Maven lists under "Flakes" what passed only then.
test: prepare rules
	$(MVN) verify -Dsurefire.rerunFailingTestsCount=1 -Dfailsafe.rerunFailingTestsCount=1

check:
	@for module in healthcheck vip; do $$module/prepare.sh >&2 || exit 1; done
	@$(MAKE) -j 3 check-format check-modules rules

check-format:
	@$(MVN) -q -N validate

# Modules beside each other: their tests mostly wait.
check-modules:
	$(MVN) -T 6 -Pbeside verify -pl '!loadtest/e2e' -Dskip.format=true -Dsurefire.rerunFailingTestsCount=1

release:
	@./release.sh $(VERSION) $(NEXT)

test-long: prepare
	loadtest/lab/prepare.sh debian13 >&2
	$(MVN) verify $(E2E) -Dgroups=long -Dit.excluded=
	TRUNKLINE_LAB_STACK=debian13 $(MVN) verify $(E2E) -Dit.test=$(ON_BOTH)

demo failover continuity storm soak vip clients channel-binding slow-reader slow-readers logins vip-lateness: prepare
	@./build.sh -pl loadtest/bench -am
	$(RUN_$@)

RUN_demo = $(if $(KEEP),TRUNKLINE_LAB_KEEP=1) loadtest/bench/run.sh io.trunkline.loadtest.demo.Demo
RUN_failover = loadtest/bench/run.sh io.trunkline.loadtest.scenario.FailoverTable \
	$(or $(RUNS),5) $(or $(PROXY),trunkline) $(SCENARIOS)
RUN_continuity = loadtest/bench/run.sh io.trunkline.loadtest.continuity.Continuity \
	$(or $(MINUTES),5) $(or $(CLIENTS),32) $(or $(IDLE),25) $(or $(DRIVERS),all)
RUN_storm = loadtest/bench/run.sh io.trunkline.loadtest.storm.Storm \
	$(or $(SESSIONS),2000) $(or $(BUSY),200) $(or $(PAUSE),1000)
RUN_soak = loadtest/bench/run.sh io.trunkline.loadtest.soak.Soak \
	$(if $(HOURS),$$((60 * $(HOURS))),$(or $(MINUTES),90)) $(or $(SEED),$$(date +%s)) $(or $(CLIENTS),4) $(or $(DRIVERS),pgjdbc)
RUN_vip = loadtest/bench/run.sh io.trunkline.loadtest.takeover.TakeoverTable \
	$(or $(RUNS),$(if $(QUICK),2,10)) $(or $(STACK),all) $(or $(EVENTS),all)
# A comma within $(or …) would end the value.
CLIENT_EVENTS = switchover,failover
RUN_clients = loadtest/bench/run.sh io.trunkline.loadtest.clients.ClientsTable \
	$(or $(RUNS),1) $(or $(CLIENTS),all) $(or $(LISTENERS),all) $(or $(EVENTS),$(CLIENT_EVENTS))
RUN_channel-binding = loadtest/bench/run.sh io.trunkline.loadtest.clients.ChannelBinding
RUN_slow-reader = loadtest/bench/run.sh io.trunkline.loadtest.relay.SlowReader $(or $(SIZE),1000) $(or $(RATE),1)
RUN_logins = loadtest/bench/run.sh io.trunkline.loadtest.logins.Logins $(or $(CLIENTS),5000) $(or $(PROCESSORS),0.5) \
  $(or $(LIMITS),adaptive 4 8 16 32 64 10000)
RUN_slow-readers = loadtest/bench/slow-readers.sh $(or $(CLIENTS),10000) $(or $(RUNS),3)
RUN_vip-lateness = loadtest/bench/run.sh io.trunkline.loadtest.vip.LatenessRun \
  $(or $(MINUTES),10) $(or $(SESSIONS),2000) $(or $(GC),serial) $(or $(RT),0)

bench:
	@./jdk.sh >/dev/null
	loadtest/bench/prepare.sh
	@./build.sh -pl loadtest/bench -am
	$(if $(QUICK),,packaging/debian/build.sh)
	loadtest/bench/bench.sh QUICK=$(QUICK) PAIRS=$(PAIRS) SECONDS=$(SECONDS) \
	  MINUTES=$(MINUTES) HAPROXY=$(HAPROXY) "CASES=$(CASES)" \
	  TRUNKLINE=$(if $(QUICK),,packaging/target/deb/usr/lib/trunkline/bin/trunkline)

bench-page:
	@./build.sh -pl loadtest/bench -am
	loadtest/bench/bench.sh PAGE=1

simulate:
	@./build.sh -pl simulation -am
	simulation/run.sh $(if $(STORY),story $(STORY) $(or $(SECONDS),320),$(or $(FIRST),1) $(or $(SEEDS),200) $(or $(SECONDS),0)) $(FAULT)

fuzz:
	@./build.sh -Pfuzz -pl packaging/daemon -am
	./fuzz.sh $(or $(MINUTES),5) $(TARGETS)

page-shots:
	@./build.sh -pl packaging/daemon -am
	packaging/page-shots.sh $(or $(SHOTS),/tmp/page-shots) $(STATES)

metrics-page:
	@./build.sh -pl packaging/daemon -am
	packaging/prometheus/metrics-page.sh

config-page:
	@./build.sh -pl packaging/daemon -am
	"$$(./jdk.sh)/bin/java" -cp "config/target/test-classes:packaging/target/trunkline/lib/*" \
	  io.trunkline.config.ConfigurationPage docs/configuration.md

rules:
	packaging/prometheus/check.sh

fmt:
	$(MVN) -q -N validate -Dformat.goal=--replace

clean:
	$(MVN) -q clean -Dskip.format=true
