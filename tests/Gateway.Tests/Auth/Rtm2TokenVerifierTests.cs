using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Auth.Rtm2;

namespace ImOrleans.Gateway.Tests.Auth;

/// <summary>
/// The texts in full were made with the npm package agora-token 2.0.6: class AccessToken2 with the test app's id and
/// secret, issued at the tests' start for 3600 s with the salt 12345678, and the services that each name tells.
/// </summary>
public sealed class Rtm2TokenVerifierTests
{
    /// <summary>ServiceRtm of alice, privilege 1 for 3600 s.</summary>
    private const string Login =
        "007eJxTYDhS1q2qFP7Y58fJ/7EBNVzFN+OnvaxcPv9PiLyYj129+CIFBgMDQ0MjI2NjExNTUzMzc3MLC0vLxMSkpOTklJTU1LQ0h7P9hQJ8DAx"
        + "+iXsYGBmYGBgZGBlAfFaGxJzM5FQAEgMedg==";

    /// <summary>ServiceRtc of lobby and alice, privileges 1 and 4 for 600 s.</summary>
    private const string Channel =
        "007eJxTYIi+f/TTyVDX3vOC8aZqi91FOuzu1vUvuzdt1QwFXu72pr8KDAYGhoZGRsbGJiampmZm5uYWFpaWiYlJScnJKSmpqWlpDmf7CwX4GBj"
        + "8EvcwMDIwMjAxMDJEMDEwsIBJVoac/KSkSlaGxJzM5FQApJchOw==";

    /// <summary>ServiceRtc of lobby for 600 s, ServiceRtc of hall for ever, ServiceRtm for ever, all of alice.</summary>
    private const string LoginAndChannels =
        "007eJxTYFhl2LShgFfibeqpuJ7CYy+4uPgM/jVOWXd/nmuLxVSWK2IKDAYGhoZGRsbGJiampmZm5uYWFpaWiYlJScnJKSmpqWlpDmf7CwX4GBj"
        + "8EvcwMDMwMjAxMDJEMDEwsIBJVoac/KSkSlaGxJzM5FSILAiwQMmMxJwcqCRICiIJFQAAdZsmDA==";

    /// <summary>ServiceRtm2 of alice without permissions.</summary>
    private const string Rtm2Login =
        "007eJxTYJA/zuzoEpMrrVzL+ikyXv9zaGhX4Z2SiOJch2lSJ2umnldgMDAwNDQyMjY2MTE1NTMzN7ewsLRMTExKSk5OSUlNTUtzONtfKMDHwOC"
        + "XuIeBkYGDgZGBkQHEZ2VIzMlMTmVgAABxkhxQ";

    /// <summary>ServiceRtm2 of alice that may read message channels "a*" and write the stream channel "lobby".</summary>
    private const string Rtm2Restricted =
        "007eJxTYPB2WCQ8e63X+tfld7fmneMWejBD6UKj/bUzd/4+ffDufeALBQYDA0NDIyNjYxMTU1MzM3NzCwtLy8TEpKTk5JSU1NS0NIez/YUCfAw"
        + "Mfol7GBgZOBgYGRgZQHxWhsSczORUJgYGBkYwZmJI1GJkgEBWhpz8pKRKAPGgJMc=";

    /// <summary>ServiceChat of alice and ServiceFpa, both without privileges.</summary>
    private const string ChatOnly =
        "007eJxTYOjo5vSLb3movdJNdVKpNrtVTIHS3JZvOscWBc/n74r8na/AYGBgaGhkZGxsYmJqamZmbm5hYWmZmJiUlJyckpKampbmcLa/UICPgcE"
        + "vcQ8DEwMLAwMDKxgn5mQmpwIAI0IccA==";

    /// <summary>As <see cref="Login"/>, of the app ffff….</summary>
    private const string OtherApp =
        "007eJxTYNB3MFgQmp04z9qpJ0zy4oFKfu6axKiTq6PEJhTPvCvoZa7AkEYAOJztLxTgY2DwS9zDwMjAxMDIwMgA4rMyJOZkJqcCAOEEH30=";

    /// <summary>As <see cref="Login"/>, signed with the secret ffff….</summary>
    private const string OtherSecret =
        "007eJxTYEi407Frylaugt+yimYC9vJ/OiM1vf4JnuMw49z1q+VF7xMFBgMDQ0MjI2NjExNTUzMzc3MLC0vLxMSkpOTklJTU1LQ0h7P9hQJ8DA"
        + "x+iXsYGBmYGBgZGBlAfFaGxJzM5FQAy9cd5Q==";

    /// <summary>
    /// ServiceRtm2 of alice: message channels "lobby" and "news-*" to read, "lobby" to write; stream channels "*" to
    /// read, none to write; channel group "g" to read, server group "s" to write; users "bob" and "team-*" to write.
    /// </summary>
    private const string Rtm2AllLists =
        "007eJxTYFhwyqzYabGf+U7Xs2/0vu5qPO09W3nhKpOwCalzy2SOCZgoMBgYGBoaGRkbm5iYmpqZmZtbWFhaJiYmJSUnp6SkpqalOZztLxTgY"
        + "2DwS9zDwMjAwcDIwMgA4rMyJOZkJqeyMjAwMIExK0NOflJSJRtDXmp5sa4WSB1UiBGsAiSgxQhWygjlpjODKRAsZgFTTAzMDEn5SWwMJam"
        + "JubpaAA9wKOc=";

    private static readonly DateTimeOffset Start = TestTime.Start;
    private static readonly byte[] AliceLogin = AccessTokens.Service(AccessTokens.Rtm, 3600, "alice");

    /// <summary>Message channels "a*" to read and "a", "b" to write, user "bob" to write.</summary>
    private static readonly byte[] AliceWithLists = AccessTokens.Restricted(
        (0, [(0, ["a*"]), (1, ["a", "b"])]), (4, [(1, ["bob"])]));

    private static readonly Rtm2TokenVerifier Verifier = new(new(Tokens.AppKey, Tokens.Secret), new());

    [Fact]
    public void The_vendors_login_token_signs_its_user_in()
    {
        var verdict = Verifier.Verify(Login, Start);
        Assert.Equal(new VerifiedToken("alice", Start.AddHours(1), Start), verdict.Value);
        Assert.Equal(verdict.Value, Verifier.Verify(Rtm2Login, Start).Value);
    }

    [Fact]
    public void The_vendors_channel_token_is_for_its_channel_until_its_privilege_ends()
    {
        var verdict = Verifier.Verify(Channel, Start);
        Assert.Equal(new VerifiedToken("alice", Start.AddMinutes(10), Start, null, "lobby"), verdict.Value);
        Assert.Equal(verdict.Value, verdict.Value!.ForChannel("lobby"));
        Assert.Null(verdict.Value.ForChannel("hall"));
    }

    [Fact]
    public void One_token_may_sign_in_and_open_several_channels()
    {
        var token = Verifier.Verify(LoginAndChannels, Start).Value;
        Assert.Equal(("alice", null, Start.AddHours(1)), (token!.UserId, token.Channel, token.ExpiresAt));
        Assert.Equal(Start.AddMinutes(10), token.ForChannel("lobby")?.ExpiresAt);
        Assert.Equal(Start.AddHours(1), token.ForChannel("hall")?.ExpiresAt);
        Assert.Null(token.ForChannel("attic"));
        // A privilege that is over is not there any more.
        Assert.Null(Verifier.Verify(LoginAndChannels, Start.AddMinutes(10)).Value!.ForChannel("lobby"));
    }

    [Fact]
    public void The_vendors_token_with_lists_signs_in_with_what_they_name_and_nothing_else()
    {
        var verdict = Verifier.Verify(Rtm2Restricted, Start);
        Assert.Equal(("alice", null, Start.AddHours(1)),
            (verdict.Value!.UserId, verdict.Value.Channel, verdict.Value.ExpiresAt));
        var permissions = verdict.Value.Permissions!;
        Assert.True(permissions.Allows(AccessKind.Read, ChannelType.Message, "attic"));
        Assert.False(permissions.Allows(AccessKind.Write, ChannelType.Message, "attic"));
        Assert.True(permissions.Allows(AccessKind.Write, ChannelType.Stream, "lobby"));
        Assert.False(permissions.Allows(AccessKind.Read, ChannelType.Stream, "lobby"));

        string[] names = ["lobby", "news-", "news-1", "g", "s", "bob", "team-a"];
        permissions = Verifier.Verify(Rtm2AllLists, Start).Value!.Permissions!;
        foreach (var type in Enum.GetValues<ChannelType>())
            foreach (var access in Enum.GetValues<AccessKind>())
                Assert.Equal(
                    (type, access) switch
                    {
                        (ChannelType.Message, AccessKind.Read) => ["lobby", "news-", "news-1"],
                        (ChannelType.Message, AccessKind.Write) => ["lobby"],
                        (ChannelType.Stream, AccessKind.Read) => names,
                        (ChannelType.User, AccessKind.Write) => ["bob", "team-a"],
                        _ => Array.Empty<string>(),
                    },
                    names.Where(name => permissions.Allows(access, type, name)));
    }

    [Fact]
    public void A_token_without_lists_restricts_nothing_and_empty_lists_everything()
    {
        Assert.Null(Verifier.Verify(Login, Start).Value!.Permissions);
        Assert.Null(Verifier.Verify(Rtm2Login, Start).Value!.Permissions);
        byte[][] emptyLists =
        [
            AccessTokens.Restricted((0, [(0, [])])), AccessTokens.Restricted((0, [])), AccessTokens.Restricted((2, [])),
        ];
        foreach (var empty in emptyLists)
            Assert.False(Verifier.Verify(AccessTokens.For(empty), Start).Value!.Permissions!
                .Allows(AccessKind.Read, ChannelType.Message, "a"));
    }

    [Fact]
    public void A_service_without_lists_opens_no_more_than_one_with_lists_beside_it()
    {
        var channel = AccessTokens.Service(AccessTokens.Rtc, 3600, "hall", "alice");
        var token = Verifier.Verify(
            AccessTokens.Sign(AccessTokens.Body([channel, AliceLogin, AliceWithLists])), Start).Value!;
        Assert.False(token.Permissions!.Allows(AccessKind.Read, ChannelType.Message, "b"));
        Assert.NotNull(token.ForChannel("hall"));
        var shortLists = (byte[])AliceWithLists.Clone();
        BitConverter.TryWriteBytes(shortLists.AsSpan(6), 60u);
        var body = AccessTokens.Sign(AccessTokens.Body([AliceLogin, shortLists]));
        Assert.Equal(Start.AddMinutes(1), Verifier.Verify(body, Start).Value!.ExpiresAt);
        Assert.Equal(ErrorCode.TokenExpired, CodeOf(body, Start.AddMinutes(1)));
    }

    [Fact]
    public void Lists_of_what_is_not_known_or_listed_twice_are_refused()
    {
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((5, [(0, ["a"])])));
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((ushort.MaxValue, [])));
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((0, [(2, ["a"])])));
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((2, [(2, [])])));
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((0, [(0, ["a"]), (0, ["b"])])));
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((0, [(0, ["a"])]), (0, [(1, ["a"])])));
        Assert.Equal(
            "The token lists resource 5, which is unknown, or lists it twice.",
            Verifier.Verify(AccessTokens.For(AccessTokens.Restricted((5, []))), Start).Refusal!.Message);
    }

    [Fact]
    public void Names_in_lists_have_bounds()
    {
        Assert.Equal(ErrorCode.None, CodeOfLists((0, [(0, [new('a', 64), new string('a', 64) + "*", "*"])])));
        foreach (var name in new[] { "", new('a', 65), new string('a', 63) + "\u00e9", "a*b", "**", "*a" })
            Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((0, [(0, [name])])));
        var names = Enumerable.Range(0, 500).Select(number => $"{number}").ToArray();
        Assert.Equal(ErrorCode.None, CodeOfLists((0, [(0, names), (1, names)])));
        Assert.Equal(ErrorCode.InvalidToken, CodeOfLists((0, [(0, names), (1, names)]), (4, [(0, ["a"])])));
    }

    [Theory]
    [InlineData(OtherApp, ErrorCode.InconsistentAppid)]
    [InlineData(OtherSecret, ErrorCode.InvalidToken)]
    [InlineData(ChatOnly, ErrorCode.LoginNotAuthorized)]
    [InlineData("007", ErrorCode.InvalidToken)]
    [InlineData("007AAAA", ErrorCode.InvalidToken)]
    [InlineData("006" + "eJxTYDhS1q2q", ErrorCode.InvalidToken)]
    public void A_token_that_is_refused_has_its_code(string token, ErrorCode code) =>
        Assert.Equal(code, CodeOf(token, Start));

    [Fact]
    public void A_token_that_names_no_app_is_refused() => Assert.Equal(
        ErrorCode.InvalidAppId, CodeOf(AccessTokens.Sign(AccessTokens.Body([AliceLogin], appId: "")), Start));

    [Fact]
    public void A_token_ends_at_the_second_that_it_names()
    {
        Assert.Equal(ErrorCode.None, CodeOf(Login, Start.AddSeconds(3599.999)));
        Assert.Equal(ErrorCode.TokenExpired, CodeOf(Login, Start.AddSeconds(3600)));
        var shortLogin = AccessTokens.For(AccessTokens.Service(AccessTokens.Rtm, 60, "alice"));
        Assert.Equal(Start.AddMinutes(1), Verifier.Verify(shortLogin, Start).Value?.ExpiresAt);
        Assert.Equal(ErrorCode.TokenExpired, CodeOf(shortLogin, Start.AddMinutes(1)));
    }

    [Fact]
    public void A_token_that_lives_too_long_or_comes_from_the_future_is_refused()
    {
        const uint day = 24 * 3600;
        Assert.Equal(ErrorCode.None, CodeOf(AccessTokens.For(AliceLogin, day + 60), Start));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(AccessTokens.For(AliceLogin, day + 61), Start));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(AccessTokens.For(AliceLogin, uint.MaxValue), Start));
        Assert.Equal(ErrorCode.None, CodeOf(Login, Start.AddSeconds(-60)));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(Login, Start.AddSeconds(-61)));
    }

    [Fact]
    public void A_token_without_privilege_or_user_opens_nothing()
    {
        var noPrivilege = AccessTokens.Bytes(writer =>
        {
            writer.Write(AccessTokens.Rtm);
            writer.Write((ushort)0);
            writer.Write((ushort)5);
            writer.Write("alice"u8);
        });
        Assert.Equal(ErrorCode.LoginNotAuthorized, CodeOf(AccessTokens.For(noPrivilege), Start));
        var nobody = AccessTokens.Service(AccessTokens.Rtm, 3600, "");
        Assert.Equal(ErrorCode.InvalidUserId, CodeOf(AccessTokens.For(nobody), Start));
        var anybody = AccessTokens.Service(AccessTokens.Rtc, 3600, "lobby", "");
        Assert.Equal(ErrorCode.InvalidUserId, CodeOf(AccessTokens.For(anybody), Start));
    }

    [Fact]
    public void A_service_that_is_not_known_ends_the_reading_and_spoils_nothing_before_it()
    {
        var unknown = AccessTokens.Bytes(writer =>
        {
            writer.Write((ushort)99);
            writer.Write(new byte[40]);
        });
        var token = AccessTokens.Sign(AccessTokens.Body([AliceLogin, unknown]));
        Assert.Equal("alice", Verifier.Verify(token, Start).Value?.UserId);
    }

    [Fact]
    public void Text_that_unpacks_to_more_than_16_KiB_is_refused_unread()
    {
        // 34 bytes of signature and 52 of body are in front of the padding; a genuine signature does not help.
        var body = AccessTokens.Body([AliceLogin]);
        var fitting = (byte[])[.. AccessTokens.Body([AliceLogin], count: 2), .. Unknown(16 * 1024 - 34 - body.Length)];
        Assert.Equal(ErrorCode.None, CodeOf(AccessTokens.Sign(fitting), Start));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(AccessTokens.Sign([.. fitting, 0]), Start));

        // The most that 8192 characters can unpack to, some 6 MiB: what unpacking takes stays the same.
        var bomb = AccessTokens.Sign([.. AccessTokens.Body([AliceLogin], count: 2), .. Unknown(5_900_000)]);
        Assert.InRange(bomb.Length, 7_000, 8_192);
        CodeOf(bomb, Start);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(bomb, Start));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 * 1024);
        static byte[] Unknown(int length) => [99, 0, .. new byte[length - 2]];
    }

    [Fact]
    public void A_longer_text_is_refused() =>
        Assert.Equal(ErrorCode.InvalidToken, CodeOf("007" + new string('A', 1 << 20), Start));

    [Fact]
    public void No_damaged_token_is_accepted_and_none_throws()
    {
        var random = new Random(20261121);
        for (var at = 0; at < Login.Length; at++)
        {
            Assert.NotEqual(ErrorCode.None, CodeOf(Login[..at], Start));
            if (at >= 3)
                Assert.NotEqual(ErrorCode.None, CodeOf(Login[..at] + "*" + Login[(at + 1)..], Start));
        }

        byte[][] bodies = [AccessTokens.Body([AliceLogin]), AccessTokens.Body([AliceWithLists])];
        foreach (var body in bodies)
        {
            Assert.Equal(ErrorCode.None, CodeOf(AccessTokens.Sign(body), Start));
            for (var length = 0; length < body.Length; length++)
                Assert.Equal(ErrorCode.InvalidToken, CodeOf(AccessTokens.Sign(body[..length]), Start));
            Assert.Equal(ErrorCode.InvalidToken, CodeOf(AccessTokens.Sign([.. body, 0]), Start));
            for (var round = 0; round < LongRun.Rounds(5_000, 200_000); round++)
            {
                var damaged = (byte[])body.Clone();
                for (var wounds = random.Next(1, 4); wounds > 0; wounds--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                CodeOf(AccessTokens.Sign(damaged), Start); // Genuinely signed: whatever it says, there is an answer.
            }
        }
    }

    [Fact]
    public void White_space_missing_padding_and_bytes_behind_the_end_are_refused()
    {
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(Login + "\n", Start));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(Login.TrimEnd('='), Start));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(Login.Insert(20, "    "), Start));
        Assert.Equal(ErrorCode.InvalidToken, CodeOf(Login.Replace("==", "", StringComparison.Ordinal) + "AAAA", Start));
    }

    private static ErrorCode CodeOfLists(params (ushort, (ushort, string[])[])[] lists) =>
        CodeOf(AccessTokens.For(AccessTokens.Restricted(lists)), Start);

    private static ErrorCode CodeOf(string token, DateTimeOffset now) =>
        Verifier.Verify(token, now).Refusal?.Code ?? ErrorCode.None;
}
