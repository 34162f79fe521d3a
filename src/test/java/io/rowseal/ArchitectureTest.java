package io.rowseal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A package depends only on those before it, and cryptography has one place. */
class ArchitectureTest {
  private static final List<String> ORDER =
      List.of(
          "error",
          "encoding",
          "signature",
          "ordering",
          "row",
          "policy",
          "work",
          "enforcement",
          "audit",
          "host",
          "host.bridge",
          "host.pljava",
          "client");

  private final JavaClasses code =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.rowseal");

  @Test
  void packagesDependOnEarlierOnesOnly() {
    for (int i = 0; i < ORDER.size(); i++) {
      String[] later =
          ORDER.subList(i + 1, ORDER.size()).stream()
              .map(p -> "io.rowseal." + p)
              .toArray(String[]::new);
      if (later.length > 0) {
        noClasses()
            .that()
            .resideInAPackage("io.rowseal." + ORDER.get(i))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(later)
            .check(code);
      }
    }
  }

  @Test
  void bouncyCastleIsUsedInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.rowseal.signature")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .check(code);
  }

  /** In a server, Java runs no SQL: what it decides rests on what it was handed. */
  @Test
  void nothingInAServerReachesADatabase() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.rowseal.host.pljava", "io.rowseal.client")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..")
        .check(code);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.rowseal.client")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Connection.class, Driver.class, DriverManager.class, DataSource.class)
        .check(code);
  }

  /** It is an artifact of its own, with these packages and no others. */
  @Test
  void theClientNeedsNothingOfTheExtension() {
    classes()
        .that()
        .resideInAPackage("io.rowseal.client")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "io.rowseal.client",
            "io.rowseal.encoding",
            "io.rowseal.error",
            "io.rowseal.signature")
        .check(code);
  }

  @Test
  void everyPackageHasItsPlace() {
    classes()
        .should()
        .resideInAnyPackage(ORDER.stream().map(p -> "io.rowseal." + p).toArray(String[]::new))
        .check(code);
  }
}
