package io.rowseal.testing.server;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.Network;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A container of {@code docker/Dockerfile}'s image with both hosts and the extension as just built.
 */
final class DockerServer {
  private static final int PORT = PostgreSQLContainer.POSTGRESQL_PORT;
  private static String image;

  private DockerServer() {}

  static synchronized Server start() {
    if (image == null) {
      image = buildImage();
    }
    PostgreSQLContainer container =
        new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
            .withUsername("postgres")
            .withNetwork(Network.SHARED)
            .withCommand(
                "postgres",
                "-c",
                "fsync=off",
                "-c",
                "wal_level=logical",
                "-c",
                "max_prepared_transactions=20");
    container.start();
    URI uri = address(container, container.getMappedPort(PORT));
    return new Server(
        uri,
        EnumSet.allOf(Host.class),
        "docker logs " + container.getContainerId(),
        "host=%s port=%d".formatted(container.getNetworkAliases().get(0), PORT),
        command -> run(container, command),
        new ContainerPower(container));
  }

  private static URI address(PostgreSQLContainer container, int port) {
    return URI.create(
        "postgresql://%s:%s@%s:%d/postgres"
            .formatted(
                container.getUsername(), container.getPassword(), container.getHost(), port));
  }

  private record ContainerPower(PostgreSQLContainer container) implements Server.Power {

    @Override
    public void kill() {
      container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    /** A container that starts again gets another port of the machine, but keeps its name. */
    @Override
    public URI start() {
      container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
      Ports.Binding binding =
          container
              .getCurrentContainerInfo()
              .getNetworkSettings()
              .getPorts()
              .getBindings()
              .get(ExposedPort.tcp(PORT))[0];
      return address(container, Integer.parseInt(binding.getHostPortSpec()));
    }

    @Override
    public void stop() {
      container.stop();
    }
  }

  private static String run(PostgreSQLContainer container, List<String> command)
      throws IOException, InterruptedException {
    List<String> shell = new ArrayList<>(List.of("env", "PGPASSWORD=" + container.getPassword()));
    shell.addAll(command);
    ExecResult result = container.execInContainer(shell.toArray(String[]::new));
    String output = result.getStdout() + result.getStderr();
    if (result.getExitCode() != 0) {
      throw new IOException(command.get(0) + ": " + output);
    }
    return output;
  }

  private static String buildImage() {
    return new ImageFromDockerfile("rowseal-test")
        .withFileFromPath("Dockerfile", Path.of("docker/Dockerfile"))
        .withFileFromPath("install.sh", Path.of("install.sh"))
        .withFileFromPath("src/install", Path.of("src/install"))
        .withFileFromPath("target/extension", Path.of("target/extension"))
        .withBuildArg("POSTGRES", System.getProperty("rowseal.postgres", "17"))
        .withTarget("both-hosts")
        .get();
  }
}
