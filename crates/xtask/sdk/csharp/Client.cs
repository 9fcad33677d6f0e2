// The official C# client as it is, driven by lines; see the README above this folder.
using System;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Devices.Provisioning.Security;
using Tpm2Lib;

internal static class Client
{
    private static void Main(string[] arguments)
    {
        var device = new TcpTpmDevice("127.0.0.1", int.Parse(arguments[0]));
        device.Connect();
        // What Simulator.exe's samples do after switching on; a hardware TPM was started by the firmware.
        device.PowerCycle();
        using (var tpm = new Tpm2(device))
        {
            tpm.Startup(Su.Clear);
            Serve(new SecurityProviderTpmHsm("", new Started(device)));
        }
    }

    private static void Serve(SecurityProviderTpmHsm client)
    {
        for (string line = Console.ReadLine(); !string.IsNullOrEmpty(line); line = Console.ReadLine())
        {
            try
            {
                string[] words = line.Split(' ');
                Console.WriteLine(("ok " + Answer(client, words)).TrimEnd());
            }
            catch (Exception error)
            {
                Console.WriteLine("refused " + error.Message.Replace('\n', ' ').Replace('\r', ' '));
            }
        }
    }

    private static string Answer(SecurityProviderTpmHsm client, string[] words)
    {
        switch (words[0])
        {
            case "keys":
                byte[] ek = client.GetEndorsementKey();
                return Hex(ek) + " " + Hex(client.GetStorageRootKey()) + " " + RegistrationId(ek);
            case "activate":
                client.ActivateIdentityKey(Bytes(words[1]));
                return "";
            case "sign":
                return Hex(client.Sign(Bytes(words[1])));
            default:
                throw new ArgumentException(words[0]);
        }
    }

    // This SDK leaves the registration ID to its user: base32 of SHA-256, as its sample has it.
    private static string RegistrationId(byte[] ek)
    {
        byte[] digest;
        using (var hash = SHA256.Create())
        {
            digest = hash.ComputeHash(ek);
        }
        var text = new StringBuilder();
        for (int bit = 0; bit < digest.Length * 8; bit += 5)
        {
            int pair = digest[bit / 8] << 8 | (bit / 8 + 1 < digest.Length ? digest[bit / 8 + 1] : 0);
            text.Append("abcdefghijklmnopqrstuvwxyz234567"[pair >> (11 - bit % 8) & 31]);
        }
        return text.ToString();
    }

    private static string Hex(byte[] bytes)
    {
        return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();
    }

    private static byte[] Bytes(string text)
    {
        var bytes = new byte[text.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Convert.ToByte(text.Substring(2 * i, 2), 16);
        }
        return bytes;
    }

    // The client connects what it is given; this one is connected and started already.
    private sealed class Started : Tpm2Device
    {
        private readonly Tpm2Device _device;

        internal Started(Tpm2Device device)
        {
            _device = device;
        }

        public override void Connect()
        {
        }

        public override void Close()
        {
            _device.Close();
        }

        public override void DispatchCommand(CommandModifier modifier, byte[] command, out byte[] response)
        {
            _device.DispatchCommand(modifier, command, out response);
        }
    }
}
