package io.rowseal.testing.model;

import io.rowseal.testing.model.EntryTables.Contents;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What the tables hold after deliveries, worked out without a database. */
public final class Model {
  private final Map<String, TreeSet<Entry>> versions = new HashMap<>();

  public void add(Entry entry) {
    versions.computeIfAbsent(entry.key(), key -> new TreeSet<>()).add(entry);
  }

  /** Whether there is any version of the entry's key. */
  public boolean hasKeyOf(Entry entry) {
    return versions.containsKey(entry.key());
  }

  public Contents contents(EntryTables tables) {
    List<String> data = new ArrayList<>();
    List<String> history = new ArrayList<>();
    boolean byHash = tables.versionId() == EntryTables.VersionId.HASH;
    for (TreeSet<Entry> ofKey : versions.values()) {
      Entry tip = ofKey.last();
      for (Entry version : ofKey) {
        if (version == tip || tables.layout() == Layout.ONE_TABLE) {
          data.add(version.text(byHash));
        } else if (tables.layout() == Layout.TWO_TABLES) {
          history.add(version.text(byHash));
        }
      }
    }
    Collections.sort(data);
    Collections.sort(history);
    return new Contents(data, history);
  }
}
