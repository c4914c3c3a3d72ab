using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ImOrleans.Gateway.Tests.Auth;

/// <summary>RTM2 access tokens for tests, made from their parts, so that any malformed one can be made too.</summary>
internal static class AccessTokens
{
    public const ushort Rtc = 1;
    public const ushort Rtm = 2;
    public const ushort Rtm2 = 8;

    /// <summary>A token of the test app for one service, issued at the tests' start.</summary>
    public static string For(byte[] service, uint seconds = 3600) => Sign(Body([service], seconds));

    /// <summary>A service with privilege 1, and texts behind it.</summary>
    public static byte[] Service(ushort type, uint privilegeSeconds, params string[] texts) =>
        Bytes(writer =>
        {
            writer.Write(type);
            writer.Write((ushort)1);
            writer.Write((ushort)1);
            writer.Write(privilegeSeconds);
            foreach (var text in texts)
                WriteText(writer, text);
        });

    /// <summary>A service 8 of alice with privilege 1, and the lists behind it.</summary>
    public static byte[] Restricted(
        params (ushort Resource, (ushort Permission, string[] Names)[] Lists)[] resources) =>
        [
            .. Service(Rtm2, 3600, "alice"),
            .. Bytes(writer =>
            {
                writer.Write((ushort)resources.Length);
                foreach (var (resource, lists) in resources)
                {
                    writer.Write(resource);
                    writer.Write((ushort)lists.Length);
                    foreach (var (permission, names) in lists)
                    {
                        writer.Write(permission);
                        writer.Write((ushort)names.Length);
                        foreach (var name in names)
                            WriteText(writer, name);
                    }
                }
            }),
        ];

    public static byte[] Body(
        byte[][] services, uint seconds = 3600, string appId = Tokens.AppKey, long? issuedAt = null, int? count = null) =>
        Bytes(writer =>
        {
            WriteText(writer, appId);
            writer.Write((uint)(issuedAt ?? Tokens.Now));
            writer.Write(seconds);
            writer.Write(7u);
            writer.Write((ushort)(count ?? services.Length));
            foreach (var service in services)
                writer.Write(service);
        });

    /// <summary>A body with its genuine signature in the form of a token.</summary>
    public static string Sign(byte[] body, long? issuedAt = null) => Pack(Bytes(writer =>
    {
        var key = HMACSHA256.HashData(BitConverter.GetBytes((uint)(issuedAt ?? Tokens.Now)), Tokens.Key);
        var signature = HMACSHA256.HashData(HMACSHA256.HashData(BitConverter.GetBytes(7u), key), body);
        writer.Write((ushort)signature.Length);
        writer.Write(signature);
        writer.Write(body);
    }));

    /// <summary>Any content in the form of a token.</summary>
    public static string Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(content);
        return "007" + Convert.ToBase64String(packed.ToArray());
    }

    public static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
            write(writer);
        return bytes.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ushort)bytes.Length);
        writer.Write(bytes);
    }
}
