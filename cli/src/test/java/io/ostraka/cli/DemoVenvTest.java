package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoVenvTest {
  @Test
  void saysWhatPipFetches() {
    assertThat(DemoVenv.progress("Downloading numpy-2.3.5-cp311-manylinux.whl (16.9 MB)"))
        .contains("fetching numpy-2.3.5-cp311-manylinux.whl (16.9 MB)");
    assertThat(DemoVenv.progress("  Using cached scipy-1.16.whl.metadata (60 kB)")).isEmpty();
    assertThat(DemoVenv.progress("Installing collected packages: numpy, scipy"))
        .contains("installing");
  }
}
