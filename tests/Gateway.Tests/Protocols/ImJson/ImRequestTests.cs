using System.Text;
using ImOrleans.Gateway.Protocols.ImJson;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

/// <summary>What Go's decoder makes of a frame, told by hand from its rules.</summary>
public sealed class ImRequestTests
{
    [Theory]
    [InlineData("""{"seq":"1","cmd":"login","data":{"userId":"ann","appId":101}}""", "1", "login", """{"userId":"ann","appId":101}""")]
    [InlineData(""" { "CMD" : "ping" , "Seq" : "x" } """, "x", "ping", "")]
    [InlineData("""{"\u0073eq":"a\u00e9\n\ud83d\ude00\/","\u017feq":"b","cmd":"c"}""", "b", "c", "")]
    [InlineData("""{"seq":"a\u00e9\n\ud83d\ude00\/\b\f\r\t\\\""}""", "aé\n😀/\b\f\r\t\\\"", "", "")]
    [InlineData("""{"seq":"\ud800x\udc00"}""", "\uFFFDx\uFFFD", "", "")]
    [InlineData("""{"seq":"1","seq":"2","seq":null}""", "2", "", "")]
    [InlineData("""{"data":1,"other":[1e999,{"seq":5}],"data":[ ]}""", "", "", "[ ]")]
    [InlineData("null", "", "", "")]
    [InlineData("{}", "", "", "")]
    public void A_request_is_read(string frame, string seq, string cmd, string data)
    {
        Assert.True(ImRequest.TryRead(Encoding.UTF8.GetBytes(frame), out var request));
        Assert.Equal((seq, cmd, data), (request.Seq, request.Cmd, Encoding.UTF8.GetString(request.Data.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("\"login\"")]
    [InlineData("5")]
    [InlineData("""{"seq":1,"cmd":"ping"}""")]
    [InlineData("""{"seq":"1","cmd":{}}""")]
    [InlineData("""{"seq":"1","cmd":"ping"} x""")]
    [InlineData("""{"seq":"1","cmd":"ping"}{}""")]
    [InlineData("""{"seq":"1","cmd":"ping",}""")]
    [InlineData("""{"seq":"1","cmd":"ping" """)]
    [InlineData("""{"data":{"a":[1e999]}}""")]
    [InlineData("{\"seq\":\"\u0001\"}")]
    [InlineData("\uFEFF{}")]
    public void What_is_no_request_is_not(string frame) =>
        Assert.False(ImRequest.TryRead(Encoding.UTF8.GetBytes(frame), out _));

    [Fact]
    public void Bytes_that_are_no_text_are_marked_one_by_one()
    {
        byte[] frame = [.. "{\"seq\":\"a"u8, 0xE4, 0xBD, (byte)'b', 0xFF, .. "\"}"u8];
        Assert.True(ImRequest.TryRead(frame, out var request));
        Assert.Equal("a\uFFFD\uFFFDb\uFFFD", request.Seq);
    }

    [Fact]
    public void Depth_is_bounded_as_it_is_in_Go()
    {
        Assert.True(ImRequest.TryRead(Nested(9_999), out _));
        Assert.False(ImRequest.TryRead(Nested(10_000), out _));

        static byte[] Nested(int depth) =>
            Encoding.UTF8.GetBytes($$"""{"data":{{new string('[', depth)}}{{new string(']', depth)}}}""");
    }

    [Theory]
    [InlineData("""{"userId":"ann","appId":101,"serviceToken":"t"}""", "ann", 101u, "t")]
    [InlineData("""{"userID":"ann","APPID":1.01e2,"servicetoken":null}""", "ann", 101u, "")]
    [InlineData("""{"userId":"ann","USERID":"bob"}""", "ann", 0u, "")]
    [InlineData("""{"userId":"ann","userId":"bob","appId":null}""", "bob", 0u, "")]
    [InlineData("""{"serviceTo\u212aen":"k","appId":4294967295}""", "", 4294967295u, "k")]
    [InlineData("{}", "", 0u, "")]
    [InlineData("null", "", 0u, "")]
    public void A_login_is_read(string data, string user, uint app, string token)
    {
        Assert.True(new ImRequest("", "", Encoding.UTF8.GetBytes(data)).TryReadLogin(out var login));
        Assert.Equal(new(user, app, token), login);
    }

    [Theory]
    [InlineData("\"ann\"")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("""{"userId":5}""")]
    [InlineData("""{"appId":"101"}""")]
    [InlineData("""{"appId":-1}""")]
    [InlineData("""{"appId":-0}""")]
    [InlineData("""{"appId":1.5}""")]
    [InlineData("""{"appId":4294967296}""")]
    [InlineData("""{"serviceToken":{}}""")]
    [InlineData("""{"userId":"ann","USERID":5}""")]
    public void A_login_with_a_field_of_a_wrong_type_is_not(string data) =>
        Assert.False(new ImRequest("", "", Encoding.UTF8.GetBytes(data)).TryReadLogin(out _));

    [Theory]
    [InlineData("", true)]
    [InlineData("null", true)]
    [InlineData("{}", true)]
    [InlineData("""{"userID":"ann","x":[1]}""", true)]
    [InlineData("""{"userId":1}""", false)]
    [InlineData("[]", false)]
    [InlineData("\"x\"", false)]
    public void A_heartbeat_is_an_object(string data, bool isOne) =>
        Assert.Equal(isOne, new ImRequest("", "", Encoding.UTF8.GetBytes(data)).IsHeartbeat());
}
