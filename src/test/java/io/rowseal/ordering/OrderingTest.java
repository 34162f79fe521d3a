package io.rowseal.ordering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OrderingTest {

  /** Few timestamps and short signatures, so that ties are common. */
  @Provide
  Arbitrary<List<Version>> versions() {
    Arbitrary<Long> timestamps = Arbitraries.longs().between(-1, 1);
    Arbitrary<byte[]> signatures =
        Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(2);
    return Combinators.combine(timestamps, signatures)
        .as(Version::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Property
  void anyOrderOfArrivalEndsWithTheSameTip(
      @ForAll("versions") List<Version> versions, @ForAll long seed) {
    List<Version> shuffled = new ArrayList<>(versions);
    Collections.shuffle(shuffled, new Random(seed));
    assertEquals(
        OrderingDecision.Outcome.SAME, OrderingDecision.of(tip(versions), tip(shuffled)).outcome());
  }

  @Property
  void theOutcomesOfAPairMirrorEachOther(@ForAll("versions") List<Version> versions) {
    for (Version a : versions) {
      for (Version b : versions) {
        OrderingDecision decision = OrderingDecision.of(a, b);
        OrderingDecision.Outcome mirrored = OrderingDecision.of(b, a).outcome();
        assertEquals(
            switch (decision.outcome()) {
              case NEWER -> OrderingDecision.Outcome.OLDER;
              case SAME -> OrderingDecision.Outcome.SAME;
              case OLDER -> OrderingDecision.Outcome.NEWER;
            },
            mirrored);
        assertSame(a, decision.incoming());
      }
    }
  }

  private static Version tip(List<Version> versions) {
    Version tip = versions.get(0);
    for (Version version : versions) {
      if (OrderingDecision.of(version, tip).outcome() == OrderingDecision.Outcome.NEWER) {
        tip = version;
      }
    }
    return tip;
  }
}
