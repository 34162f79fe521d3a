#!/bin/sh
# Run once by the image's entry point: tells PL/Java where Java and Rowseal are.
share=/usr/share/postgresql/$PG_MAJOR/rowseal
libjvm=$(find /usr/lib/jvm -name libjvm.so -path '*server*' | head -n 1)
cat >>"$PGDATA/postgresql.conf" <<EOF
pljava.libjvm_location = '$libjvm'
pljava.vmoptions = '-Xbootclasspath/a:$share/rowseal.jar -Djava.class.path=$share/rowseal-pljava.jar -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m'
EOF
