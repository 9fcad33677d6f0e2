// The official Java client as it is, driven by lines; see the README above this folder. Its emulator
// transport always speaks to port 2321: the argument is not needed.
import com.microsoft.azure.sdk.iot.provisioning.security.hsm.SecurityProviderTPMEmulator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;

final class Client {
    public static void main(String[] arguments) throws Exception {
        // TSS.Java reports refusals on the standard output.
        PrintStream output = System.out;
        System.setOut(System.err);
        SecurityProviderTPMEmulator client = new SecurityProviderTPMEmulator();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            try {
                output.println(("ok " + answer(client, line.split(" "))).trim());
            } catch (Exception error) {
                output.println(("refused " + error).replaceAll("\\s+", " "));
            }
        }
    }

    private static String answer(SecurityProviderTPMEmulator client, String[] words) throws Exception {
        switch (words[0]) {
            case "keys":
                return hex(client.getEndorsementKey()) + " " + hex(client.getStorageRootKey()) + " "
                    + client.getRegistrationId();
            case "activate":
                client.activateIdentityKey(bytes(words[1]));
                return "";
            case "sign":
                return hex(client.signWithIdentity(bytes(words[1])));
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(String.format("%02x", b));
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        byte[] bytes = new byte[text.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }
}
