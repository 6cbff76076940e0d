# The loop of a developer. `make` alone says what there is.
SHELL := /bin/sh
MVN := mvn -B -ntp
# What runs for long is worth the second compiler, which the tests of `make check` do without.
SOAK := $(MVN) -q -DargLine=-XX:+UseSerialGC -Dspotless.check.skip
VENV := build/venv
PYTHON ?= python3
# Up to how many points of one metric `make bench` charts; 1000000000 takes 4 GB of disk and ten minutes.
POINTS ?= 10000000
# In a locale without UTF-8 the JVM cannot open files whose names are not ASCII.
export LC_ALL := C.UTF-8

.PHONY: help demo demo-bucket example test fast fmt check bench soak mutants clean venv chromium java-tests page-tests python-tests e2e-tests

help:
	@echo 'make demo            train six small networks and watch them in the browser'
	@echo 'make demo-bucket     the same into a bucket of an S3 server on this machine, watched from a second process'
	@echo 'make example         train the Java example'
	@echo 'make test            Java, page and Python tests, without the end-to-end tests'
	@echo 'make fast M= T=      the tests of one module, or one class:  make fast M=core T=LiveRuleTest'
	@echo 'make fmt             format the Java sources'
	@echo 'make check           everything CI runs'
	@echo 'make bench           benchmarks: Java (JMH), Python, and the whole system with a browser'
	@echo 'make soak            200 rounds of kill -9 and other signals with new seeds, and 64 ranks'
	@echo 'make mutants         break each promise of durability and of charts on purpose, and see the tests find it'
	@echo 'make clean           remove everything that was built'

demo:
	bin/ostraka demo

demo-bucket:
	bin/ostraka version
	$(PYTHON) e2e/demo_bucket.py

example:
	bin/ostraka version
	$(MVN) -q -DskipTests -Dspotless.check.skip -pl examples -am package
	java -cp "examples/target/ostraka-examples-0.1.0.jar:$$(bin/ostraka version | sed -n 's/^jars //p')/*" io.ostraka.examples.TrainIris

test: java-tests page-tests python-tests

fast:
	$(MVN) -q $(if $(M),-pl $(M) -am) $(if $(T),-Dtest='$(T)' -Dsurefire.failIfNoSpecifiedTests=false) test

fmt:
	$(MVN) -q spotless:apply

check: venv chromium
	@rm -rf build/reports && mkdir -p build/reports
	$(MAKE) java-tests page-tests python-tests e2e-tests
	@$(VENV)/bin/python e2e/summary.py

java-tests: chromium
	# The same histories each time; `make soak` lives new ones.
	OSTRAKA_SEED=$${OSTRAKA_SEED:-20261121} OSTRAKA_CHROMIUM="$$(e2e/chromium.sh)" $(MVN) -T 2 verify

page-tests: java-tests
	cd viewer/page && npm run types && npx vitest run --reporter=default --reporter=junit --outputFile.junit=../../build/reports/page.xml

python-tests: venv
	bin/ostraka version
	$(VENV)/bin/python -m pytest -q --junitxml=build/reports/python.xml python/tests

e2e-tests: venv
	bin/ostraka version
	OSTRAKA_CHROMIUM="$$(e2e/chromium.sh)" $(VENV)/bin/python -m pytest -q -rP -n 2 --dist loadfile --no-loadscope-reorder --junitxml=build/reports/e2e.xml e2e

venv: $(VENV)/.made

$(VENV)/.made: e2e/requirements.txt
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r e2e/requirements.txt
	touch $@

chromium:
	@e2e/chromium.sh --install

bench: venv chromium
	$(MVN) -q -DskipTests -Dspotless.check.skip -pl bench -am package dependency:build-classpath -Dmdep.outputFile=$(CURDIR)/build/bench.classpath
	java -cp bench/target/ostraka-bench-0.1.0.jar:$$(cat build/bench.classpath) org.openjdk.jmh.Main LogBenchmark
	@echo '# as the agent runs: its jars, their class-data archive, the quick compiler alone'
	lib="$$(bin/ostraka version | sed -n 's/^jars //p')"; for i in 1 2 3; do \
	  java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -Xss512k -Xshare:auto -Xlog:disable "-XX:SharedArchiveFile=$$lib/../classes.jsa" \
	    "-Djava.library.path=$$lib" -cp "$$(ls -d "$$lib"/*.jar | paste -sd:):bench/target/ostraka-bench-0.1.0.jar" io.ostraka.bench.DrainBench 15 && \
	  java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -Xmn12m -Xshare:auto -Xlog:disable "-XX:SharedArchiveFile=$$lib/../classes.jsa" \
	    "-Djava.library.path=$$lib" -cp "$$(ls -d "$$lib"/*.jar | paste -sd:):bench/target/ostraka-bench-0.1.0.jar" io.ostraka.bench.CompactBench 5 -; done
	@echo '# with both compilers'
	java -XX:+UseSerialGC -cp bench/target/ostraka-bench-0.1.0.jar:$$(cat build/bench.classpath) io.ostraka.bench.DrainBench 15
	java -XX:+UseSerialGC -cp bench/target/ostraka-bench-0.1.0.jar:$$(cat build/bench.classpath) io.ostraka.bench.CompactBench 5
	java -cp bench/target/ostraka-bench-0.1.0.jar:$$(cat build/bench.classpath) io.ostraka.bench.SeriesBenchmark
	for growth in 'points $(POINTS)' 'runs 10000' 'shards 10000'; do \
	  java -Xmx512m -cp bench/target/ostraka-bench-0.1.0.jar:$$(cat build/bench.classpath) io.ostraka.bench.GrowthBench $$growth || exit 1; done
	$(VENV)/bin/python bench/python/log_latency.py
	$(VENV)/bin/python bench/python/whole_system.py
	$(VENV)/bin/python bench/python/many_writers.py
	$(VENV)/bin/python bench/python/run_table.py
	$(VENV)/bin/python bench/python/run_table.py growth
	$(VENV)/bin/python bench/python/bucket_publish.py bench/target/ostraka-bench-0.1.0.jar:$$(cat build/bench.classpath)
	$(VENV)/bin/python bench/python/bucket_view.py
	$(VENV)/bin/python bench/python/sync_rate.py

soak: venv
	bin/ostraka version
	OSTRAKA_SOAK=1 $(SOAK) -pl core -am -Dtest='BlockRuleTest,CompactionSimulationTest' -Dsurefire.failIfNoSpecifiedTests=false test
	OSTRAKA_SOAK=1 $(SOAK) -pl query -am -Dostraka.logs=300 -Dostraka.large=5 -Dostraka.hours=6 -Dtest='SeriesPropertyTest,DerivedPropertyTest,BandPropertyTest,SqlPropertyTest,ExportPropertyTest,SpikeTest,ReadersDuringCompactionTest' -Dsurefire.failIfNoSpecifiedTests=false test
	OSTRAKA_SEEDS=5000 $(SOAK) -pl core,storage-local -am -Dtest='SimulationTest,LocalSimulationTest' -Dsurefire.failIfNoSpecifiedTests=false test
	OSTRAKA_SEEDS=200 $(SOAK) -pl storage-bucket -am -Dtest=BucketSimulationTest -Dsurefire.failIfNoSpecifiedTests=false test
	OSTRAKA_SOAK=1 $(VENV)/bin/python -m pytest -q -s e2e/test_kill.py e2e/test_resume.py e2e/test_many_ranks.py e2e/test_bucket_outage.py e2e/test_sync.py e2e/test_http.py e2e/test_spike.py

mutants:
	$(MVN) -q -Dspotless.check.skip -pl core test-compile dependency:build-classpath -Dmdep.outputFile=$(CURDIR)/build/core.classpath
	java -cp core/target/test-classes:core/target/classes:$$(cat build/core.classpath) io.ostraka.sim.Mutants $(CURDIR) 2000
	$(MVN) -q -Dspotless.check.skip -pl query -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=$(CURDIR)/build/query.classpath
	java -cp query/target/test-classes:query/target/classes:$$(cat build/query.classpath) io.ostraka.query.SeriesMutants $(CURDIR) 20 > /dev/null

clean:
	$(MVN) -q clean
	rm -rf build viewer/page/dist viewer/page/node_modules
