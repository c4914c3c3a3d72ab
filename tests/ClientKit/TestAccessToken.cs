using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ImOrleans.ClientKit;

/// <summary>
/// Makes RTM2 access tokens as an app server would, from the documentation alone and without the server's code.
/// </summary>
public static class TestAccessToken
{
    private const int LifeSeconds = 600;

    /// <summary>A token that signs a user in who may read and write what is listed.</summary>
    /// <param name="appId">The app's id, as configured.</param>
    /// <param name="secret">The app's secret, as configured.</param>
    /// <param name="user">Whom it is for.</param>
    /// <param name="lists">The numbers of resources and permissions with their names, in the order of the numbers.</param>
    public static string Restricted(
        string appId, string secret, string user, params (int Resource, int Permission, string[] Names)[] lists)
    {
        var (issuedAt, salt) = ((uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 1u);
        var body = Bytes(writer =>
        {
            Write(writer, appId);
            foreach (var number in new uint[] { issuedAt, LifeSeconds, salt })
                writer.Write(number);
            Write(writer, 1, 8, 1, 1);
            writer.Write(LifeSeconds);
            Write(writer, user);
            var resources = lists.GroupBy(list => list.Resource).ToArray();
            Write(writer, resources.Length);
            foreach (var resource in resources)
            {
                Write(writer, resource.Key, resource.Count());
                foreach (var (_, permission, names) in resource)
                {
                    Write(writer, permission, names.Length);
                    foreach (var name in names)
                        Write(writer, name);
                }
            }
        });
        var key = HMACSHA256.HashData(BitConverter.GetBytes(issuedAt), Encoding.UTF8.GetBytes(secret));
        var signature = HMACSHA256.HashData(HMACSHA256.HashData(BitConverter.GetBytes(salt), key), body);
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write([.. BitConverter.GetBytes((ushort)signature.Length), .. signature, .. body]);
        return "007" + Convert.ToBase64String(packed.ToArray());
    }

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
            write(writer);
        return bytes.ToArray();
    }

    private static void Write(BinaryWriter writer, params int[] numbers)
    {
        foreach (var number in numbers)
            writer.Write((ushort)number);
    }

    private static void Write(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Write(writer, bytes.Length);
        writer.Write(bytes);
    }
}
